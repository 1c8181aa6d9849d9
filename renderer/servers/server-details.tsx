import type { ComponentChildren } from 'preact';
import type { ServerView } from '../../shared/local-api.ts';
import { Copyable } from '../parts/copy.tsx';
import { clockText } from '../times.ts';
import { useText } from '../use-text.ts';
import { rightsOf } from './rights.ts';
import { requestText, turnText } from './server-turn.ts';
import { Tools } from './tools.tsx';

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Everything else that is known of a server, and what it offers. */
export function ServerDetails({
  server,
  person,
  now,
}: {
  server: ServerView;
  person: string | undefined;
  now: number;
}) {
  const { token, url, use, mints, title } = server;
  const rights = rightsOf(server, now);
  const turn = turnText(server);
  const request = requestText(server, person);
  return (
    <>
      {request && (
        <div class="request">
          <h4>What to send to your administrator</h4>
          <Copyable text={request} label={`details of ${title} for your administrator`} />
        </div>
      )}
      <dl class="facts">
        {turn && <Fact name="Whose turn">{turn}</Fact>}
        {token.kind === 'valid' && token.expiresAt > now && (
          <Fact name="Access until">{clockText(token.expiresAt)}, then renewed by itself while it is used</Fact>
        )}
        {use && <Fact name="Use">{useText(use, now)}</Fact>}
        <Fact name={rights.name}>
          {rights.scopes.length === 0 ? (
            'None in particular'
          ) : (
            <span class="words">
              {rights.scopes.map((scope) => (
                <code key={scope}>{scope}</code>
              ))}
            </span>
          )}
        </Fact>
        <Fact name="Renewals">
          {mints.thisMonth} of {mints.perMonth} this month, {mints.today} today
        </Fact>
        <Fact name="Address">
          <code class="path">{url}</code>
        </Fact>
      </dl>
      {server.status !== 'denied' && server.status !== 'misconfigured' && (
        <Tools server={server.name} status={server.status} />
      )}
    </>
  );
}
