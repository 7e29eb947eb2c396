import type { Client, NewTokenDocument, TokenRequestDocument } from '@virtfn/contract';
import { type SriovError, toSriovError } from '@virtfn/model';
import { useSignal } from '@preact/signals';
import { Choice, TextField } from '../../actions/index.ts';
import { commandLine } from '../../command-line/index.ts';
import { Problem } from '../../look/index.ts';

const ROLES = [
  { value: 'member', words: 'member: networks and ports of its project' },
  { value: 'reader', words: 'reader: the same, without changing it' },
  { value: 'admin', words: 'admin: everything' },
] as const;

/** Days that a token is good unless somebody says otherwise. */
const USUAL_DAYS = '365';

interface CreateTokenProps {
  readonly client: Client;
  /** Of whoever looks. */
  readonly projectId: string;
  readonly onMade: () => void;
}

/** Makes a token, and shows it this once. */
export function CreateToken({ client, projectId, onMade }: CreateTokenProps) {
  const name = useSignal('');
  const role = useSignal<TokenRequestDocument['role']>('member');
  const project = useSignal(projectId);
  const days = useSignal(USUAL_DAYS);
  const made = useSignal<NewTokenDocument | SriovError | null>(null);
  const make = async (): Promise<void> => {
    const request: TokenRequestDocument = {
      name: name.value.trim(),
      role: role.value,
      projectId: project.value.trim(),
      expiresInDays: days.value.trim() === '' ? null : Number(days.value),
    };
    made.value = await client.call('createToken', {}, request).catch(toSriovError);
    if (made.value instanceof Error) return;
    name.value = '';
    onMade();
  };
  return (
    <>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <div class="fields">
          <TextField
            label="Name"
            value={name}
            required
            maxLength={64}
            pattern="[\w.@\-]+"
            title="Letters, digits, dots, dashes and underscores"
          />
          <Choice label="Role" value={role} options={ROLES} />
          <TextField label="Project" value={project} required maxLength={255} />
          <TextField
            label="Good for days"
            value={days}
            inputMode="numeric"
            pattern="[1-9][0-9]{0,4}"
            title="A number of days; empty: it does not expire"
          />
          <button type="submit">Make this token</button>
        </div>
        <p class="quiet">
          The same by command, on the machine of the controller:{' '}
          <code>
            {commandLine(
              'token',
              'create',
              name.value.trim() === '' ? 'NAME' : name.value.trim(),
              '--role',
              role.value,
              '--project',
              project.value.trim() === '' ? 'PROJECT' : project.value.trim(),
              '--expires-in-days',
              days.value.trim() === '' ? 'never' : days.value.trim(),
            )}
          </code>
        </p>
      </form>
      <div aria-live="polite">
        {made.value instanceof Error ? <Problem error={made.value} /> : null}
        {made.value !== null && !(made.value instanceof Error) ? <Made {...made.value} /> : null}
      </div>
    </>
  );
}

function Made({ name, token }: NewTokenDocument) {
  return (
    <>
      <p>This is token {name}. It is shown this once, and nobody can read it again.</p>
      <pre tabIndex={0} role="region" aria-label={`Token ${name}`}>
        {token}
      </pre>
    </>
  );
}
