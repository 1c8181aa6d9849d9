import { useRef, useState } from 'preact/hooks';

/** The page may read no clipboard and asks for no permission; copying what is selected, after a click, needs none. */
function copyText(element: HTMLElement): boolean {
  const selection = window.getSelection();
  selection?.selectAllChildren(element);
  return document.execCommand('copy');
}

/** Text to take elsewhere, with a button that copies it. What is copied stays selected, so that it can be seen. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const element = useRef<HTMLPreElement>(null);
  const [said, setSaid] = useState('Copy');
  const copy = () => setSaid(element.current && copyText(element.current) ? 'Copied' : 'Select it and press Ctrl C');
  return (
    <div class="copyable">
      <pre ref={element} dir="ltr">
        {text}
      </pre>
      <button type="button" class="small" onClick={copy} onBlur={() => setSaid('Copy')}>
        {said}
        <span class="unseen">: {label}</span>
      </button>
    </div>
  );
}
