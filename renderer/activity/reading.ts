import { useEffect, useRef, useState } from 'preact/hooks';

/** What is shown of a list that grows, and how to tell that somebody reads it. */
export interface Reading<T> {
  readonly shown: readonly T[];
  /** While it is paused: how many newer ones wait. */
  readonly waiting: number | undefined;
  /** For the element that holds the list. */
  readonly reader: {
    readonly ref: { current: HTMLDivElement | null };
    onPointerEnter(): void;
    onPointerLeave(): void;
  };
}

/** Holds a list still while the pointer or a selection is in it, so that nothing jumps away from whoever reads. */
export function usePausedWhileRead<T extends { readonly id: number }>(newest: readonly T[]): Reading<T> {
  const ref = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState(false);
  const [selected, setSelected] = useState(false);
  const held = useRef(newest);
  useEffect(() => {
    const onSelection = () => {
      const selection = document.getSelection();
      setSelected(selection?.isCollapsed === false && ref.current?.contains(selection.anchorNode) === true);
    };
    document.addEventListener('selectionchange', onSelection);
    return () => document.removeEventListener('selectionchange', onSelection);
  }, []);
  const paused = pointed || selected;
  if (!paused) held.current = newest;
  const top = held.current[0]?.id ?? Number.NEGATIVE_INFINITY;
  return {
    shown: held.current,
    waiting: paused ? newest.filter(({ id }) => id > top).length : undefined,
    reader: { ref, onPointerEnter: () => setPointed(true), onPointerLeave: () => setPointed(false) },
  };
}
