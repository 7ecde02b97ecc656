/** Lines of the icons, drawn in a field of 24 by 24. */
const PATHS = {
  window: 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 3v18M12 7h5.5M12 11h8.5M12 15h8M12 19h4',
  pan: 'M12 3v18M3 12h18M12 3l-3 3M12 3l3 3M12 21l-3-3M12 21l3-3M3 12l3-3M3 12l3 3M21 12l-3-3M21 12l-3 3',
  draw: 'M4 4h4M11 4h3M17 4h3v3M20 10v3M4 7v3M4 13v3M4 19v1h3M10 20h3M18 15v6M15 18h6',
  zoomIn: 'M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.3 15.3L21 21M7.5 10.5h6M10.5 7.5v6',
  zoomOut: 'M10.5 4a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13M15.3 15.3L21 21M7.5 10.5h6',
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  trueSize: 'M5 8l2-2v12M17 8l2-2v12M12 9.5v.5M12 14.5v.5',
  invert: 'M4 4h16v16H4zM4 20L20 4M20 8v12H8M20 12v8h-8M20 16v4h-4',
  marks: 'M2 12c3-5 6.5-7 10-7s7 2 10 7c-3 5-6.5 7-10 7s-7-2-10-7M12 9a3 3 0 1 0 0 6a3 3 0 1 0 0-6',
  labels: 'M3 12l8-8h9v9l-8 8zM15.5 7.5h1v1h-1z',
  next: 'M8 5l7 7l-7 7M18 5v14',
  previous: 'M16 5l-7 7l7 7M6 5v14',
  reset: 'M5 12a7 7 0 1 0 2.5-5.4M5 4v4.5h4.5',
  fullScreen: 'M9 3H3v6M3 3l7 7M15 21h6v-6M21 21l-7-7',
  planes: 'M12 3l8 4.5v9L12 21l-8-4.5v-9zM12 12l8-4.5M12 12v9M12 12L4 7.5',
  help: 'M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 17.5v.5M12 2.5a9.5 9.5 0 1 0 0 19a9.5 9.5 0 1 0 0-19',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg
      viewBox="0 0 24 24"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
