/** A value as Python prints it, which is how Neutron's messages quote what they were given. Cut at 200 characters. */
export function pythonText(value: unknown): string {
  const text = typeof value === 'string' ? value : pythonRepr(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function pythonRepr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (value === true) return 'True';
  if (value === false) return 'False';
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(pythonRepr).join(', ')}]`;
  if (typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, each]) => `'${key}': ${pythonRepr(each)}`);
    return `{${pairs.join(', ')}}`;
  }
  return JSON.stringify(value);
}
