import { useEffect, useId, useState } from 'preact/hooks';
import type { ServerTools } from '../../shared/journal-views.ts';
import type { ServerStatus } from '../../shared/states.ts';
import { countText } from '../counts.ts';
import { findTools, SEARCHED_FROM, type Tool } from './tool-search.ts';

function ToolRow({ tool: { name, title, description, isAllowed, isReadOnly } }: { tool: Tool }) {
  return (
    <li class={isAllowed ? 'tool' : 'tool tool-barred'}>
      <div class="title-line">
        <span class="tool-title" dir="auto">
          {title ?? name}
        </span>
        <span class="signs">
          {isReadOnly && <span class="sign">Only reads</span>}
          {!isAllowed && <span class="sign sign-barred">Not allowed by your company</span>}
        </span>
      </div>
      {title !== undefined && title !== name && <code>{name}</code>}
      {description !== undefined && (
        <p class="quiet-text tool-text" dir="auto">
          {description}
        </p>
      )}
    </li>
  );
}

function ToolList({ tools }: { tools: readonly Tool[] }) {
  const [search, setSearch] = useState('');
  const [all, setAll] = useState(false);
  const id = useId();
  const found = findTools(tools, search);
  const shown = all || search !== '' ? found : found.slice(0, SEARCHED_FROM);
  return (
    <>
      {tools.length > SEARCHED_FROM && (
        <input
          type="search"
          aria-label="Find a tool"
          aria-describedby={id}
          placeholder="Find a tool"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
      )}
      <p class="unseen" id={id} role="status">
        {search === '' ? '' : countText(found.length, 'tool')}
      </p>
      {found.length === 0 ? (
        <p class="quiet-text">No tool is called that.</p>
      ) : (
        <ul class="tools">
          {shown.map((tool) => (
            <ToolRow key={tool.name} tool={tool} />
          ))}
        </ul>
      )}
      {shown.length < found.length && (
        <button type="button" class="small quiet more" onClick={() => setAll(true)}>
          Show all {found.length} tools
        </button>
      )}
    </>
  );
}

/** What the server offers, as it last told this person; asked when the row is opened, and when its state changes. */
export function Tools({ server, status }: { server: string; status: ServerStatus }) {
  const [answer, setAnswer] = useState<ServerTools | null | 'asking'>('asking');
  // A server that became ready may have listed its tools.
  useEffect(() => {
    let isOver = false;
    void window.lanyard.invoke('server-tools', { server }).then((tools) => {
      if (!isOver) setAnswer(tools);
    });
    return () => {
      isOver = true;
    };
  }, [server, status]);
  if (answer === 'asking') return <p class="quiet-text">Looking up its tools…</p>;
  const tools = answer?.tools ?? [];
  const allowed = tools.filter(({ isAllowed }) => isAllowed).length;
  return (
    <div class="tool-part">
      <h4>
        {tools.length === 0
          ? 'Tools'
          : allowed === tools.length
            ? countText(allowed, 'tool')
            : `${allowed} of ${countText(tools.length, 'tool')} allowed`}
      </h4>
      {answer === null ? (
        <p class="quiet-text">Its tools could not be looked up.</p>
      ) : tools.length === 0 ? (
        <p class="quiet-text">Its tools appear here once an app has used it.</p>
      ) : (
        <ToolList tools={tools} />
      )}
    </div>
  );
}
