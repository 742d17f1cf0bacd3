/** Replaces `{{name}}` in a text; a value of several lines keeps the indentation of its place. */

/** Lines whose only placeholder is empty disappear. Throws on a placeholder without a value. */
export function fillTemplate(text: string, values: Readonly<Record<string, string>>): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const filled = fillLine(line, values);
      return filled.trim() === '' && line.trim() !== '' ? [] : [filled];
    })
    .join('\n');
}

function fillLine(line: string, values: Readonly<Record<string, string>>): string {
  const indentation = /^\s*/.exec(line)?.[0] ?? '';
  return line.replace(/\{\{(\w+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`unreachable: no value for {{${name}}}`);
    return value.replaceAll('\n', `\n${indentation}`);
  });
}
