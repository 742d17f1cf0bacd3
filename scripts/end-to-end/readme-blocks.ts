/** The shell blocks of the README's tour, in order. */
import { readFile } from 'node:fs/promises';

export interface TourBlock {
  /** Heading the block stands under, `### ` stripped. */
  readonly heading: string;
  readonly script: string;
}

/** Reads the ```sh blocks under the tour's numbered headings. */
export async function readmeBlocks(readme: string): Promise<readonly TourBlock[]> {
  const text = await readFile(readme, 'utf8');
  const blocks: TourBlock[] = [];
  let heading = '';
  let script: string[] | undefined;
  for (const line of text.split('\n')) {
    if (script && line === '```') {
      if (/^\d/.test(heading)) blocks.push({ heading, script: script.join('\n') });
      script = undefined;
    } else if (script) script.push(line);
    else if (line === '```sh') script = [];
    else if (line.startsWith('##')) heading = line.replace(/^#+ /, '');
  }
  return blocks;
}
