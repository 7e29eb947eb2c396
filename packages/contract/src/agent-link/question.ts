import { type Static, Type } from 'typebox';
import { ApplyRequest, ApplyView, TrafficView } from '../v1/index.ts';
import { type Frozen, Nullable, PciAddressText, Text } from './schema-parts.ts';

const QuestionId = Type.Integer({ minimum: 0 });

/** What the controller wants now, because somebody looks or has asked for it. Answered once, or by the end of the session. */
export const AskSchema = Type.Object({
  kind: Type.Literal('ask'),
  id: QuestionId,
  question: Type.Union([
    /** `pf` null: all of them. */
    Type.Object({ about: Type.Literal('traffic'), pf: Nullable(PciAddressText) }),
    Type.Object({ about: Type.Literal('apply'), change: ApplyRequest }),
  ]),
});

/** What an agent may say to a question. */
export const AnswerSchema = Type.Object({
  kind: Type.Literal('answer'),
  id: QuestionId,
  answer: Type.Union([
    Type.Object({ about: Type.Literal('traffic'), traffic: TrafficView }),
    Type.Object({ about: Type.Literal('apply'), applied: ApplyView }),
    /** `code`: one of ours, or of a newer agent. */
    Type.Object({ about: Type.Literal('error'), code: Text, message: Text, hint: Text }),
  ]),
});

export type Ask = Frozen<Static<typeof AskSchema>>;
export type Question = Ask['question'];
export type AnswerMessage = Frozen<Static<typeof AnswerSchema>>;
export type Answer = AnswerMessage['answer'];
