import type { HostRow } from '../../fleet/index.ts';
import { Age } from '../../look/index.ts';

interface AgentNoticeProps extends Pick<HostRow, 'isAlive' | 'lostAt'> {
  /** When the host was reported last, ISO 8601. */
  readonly reportedAt: string;
}

/** Says so where what is shown of a host may not be what is so. */
export function AgentNotice({ isAlive, lostAt, reportedAt }: AgentNoticeProps) {
  if (!isAlive)
    return (
      <p class="bad" role="alert">
        ▲ The agent of this host is gone. What you see is what it said last, <Age at={reportedAt} />: its VFs
        and machines go on, and nothing of it can be changed from here.
      </p>
    );
  if (lostAt === null) return null;
  return (
    <p class="busy" role="status">
      ◆ The agent of this host lost its connection <Age at={lostAt} />: what you see may be as old. It dials
      again by itself.
    </p>
  );
}
