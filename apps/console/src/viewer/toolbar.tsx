import { createContext, use, useMemo, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Icon, type IconName } from './icons';
import css from './stage.module.css';

interface Roving {
  readonly current: string;
  readonly setCurrent: (tool: string) => void;
}

const RovingContext = createContext<Roving>({ current: '', setCurrent: () => undefined });

/** Where the focus goes for a key, of so many tools (WAI-ARIA Authoring Practices, Toolbar). */
function target(key: string, at: number, count: number): number | undefined {
  if (key === 'ArrowRight') return (at + 1) % count;
  if (key === 'ArrowLeft') return (at - 1 + count) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}

/** A row of tools that is one stop of the Tab key; arrows go from tool to tool. @param first the tool that Tab comes to at first */
export function Toolbar({
  label,
  first,
  children,
}: {
  readonly label: string;
  readonly first: string;
  readonly children: ReactNode;
}) {
  const [current, setCurrent] = useState(first);
  const roving = useMemo(() => ({ current, setCurrent }), [current]);
  const move = (event: KeyboardEvent<HTMLElement>): void => {
    const tools = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-tool]:not(:disabled)')];
    const to = target(event.key, tools.indexOf(document.activeElement as HTMLElement), tools.length);
    if (to === undefined) return;
    event.preventDefault();
    tools[to]?.focus();
  };
  return (
    <div className={css['toolbar']} role="toolbar" aria-label={label} onKeyDown={move}>
      <RovingContext value={roving}>{children}</RovingContext>
    </div>
  );
}

/** What makes a control a stop of the toolbar. */
export function useTool(name: string) {
  const { current, setCurrent } = use(RovingContext);
  return {
    'data-tool': name,
    tabIndex: current === name ? 0 : -1,
    onFocus: () => {
      setCurrent(name);
    },
  };
}

export interface ToolButtonProps {
  readonly icon: IconName;
  readonly label: string;
  /** Of a tool that is on or off. */
  readonly isPressed?: boolean;
  /** Why it cannot be used now. It stays reachable, so that the reason can be read. */
  readonly unusable?: string | undefined;
  readonly onUse: () => void;
}

export function ToolButton({ icon, label, isPressed, unusable, onUse }: ToolButtonProps) {
  const tool = useTool(icon);
  return (
    <button
      {...tool}
      type="button"
      className={css['tool']}
      title={unusable ?? label}
      aria-label={unusable === undefined ? label : `${label}. ${unusable}`}
      aria-pressed={isPressed}
      aria-disabled={unusable === undefined ? undefined : true}
      onClick={unusable === undefined ? onUse : undefined}
    >
      <Icon name={icon} />
    </button>
  );
}
