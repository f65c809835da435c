// One of a few, as links: the choice stands in the address.
interface Props { of: readonly (readonly [string, string])[]; at: string; to: (choice: string) => string; label: string }

export function Choice({ of, at, to, label }: Props) {
  return (
    <nav class="choice" aria-label={label}>
      {of.map(([value, name]) => (
        <a key={value} href={to(value)} aria-current={value === at ? 'true' : undefined}>{name}</a>
      ))}
    </nav>
  );
}
