import { expect, test } from 'vitest';
import { z } from 'zod';
import { firstDocument, metadataProblem, processMetadata } from '../../../main/discovery/get-json.ts';

const places = ['https://as.example.com/1', 'https://as.example.com/2', 'https://as.example.com/3'].map(
  (url) => new URL(url),
);

/** What comes of a web page with this status. */
async function webPage(status: number): Promise<Error> {
  const url = new URL('https://as.example.com/1');
  const page = new Response('<html>', { status, headers: { 'content-type': 'text/html' } });
  const outcome = await processMetadata(url, z.object({}), page, 0).catch((error: unknown) => error);
  if (!(outcome instanceof Error)) throw new Error('A web page passed for metadata');
  return outcome;
}

/** Answers the places in turn: a document, nothing (`undefined`), or an error. */
function inTurn(...answers: (string | undefined | Error)[]) {
  let asked = 0;
  const read = async () => {
    const answer = answers[asked];
    asked += 1;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { read, asked: () => asked };
}

test('the first document counts, and no later place is asked', async () => {
  const { read, asked } = inTurn(undefined, 'second', 'third');
  expect(await firstDocument(places, read)).toBe('second');
  expect(asked()).toBe(2);
});

test('a web page where the document was due does not hide the document behind it', async () => {
  expect(await firstDocument(places, inTurn(await webPage(200), undefined, 'third').read)).toBe('third');
});

test('where no place has the document, a web page among them means: try later', async () => {
  const answer = firstDocument(places, inTurn(undefined, await webPage(200), undefined).read);
  await expect(answer).rejects.toMatchObject({ code: 'metadata-not-json', recovery: { kind: 'retry' } });
});

test('where every place says that there is none, there is none', async () => {
  expect(await firstDocument(places, inTurn(undefined, undefined, undefined).read)).toBeUndefined();
});

test('a document with a fault ends the search: the next place must not answer in its stead', async () => {
  const url = new URL('https://as.example.com/1');
  const { read, asked } = inTurn(metadataProblem(url, 'its issuer is another'), 'second');
  await expect(firstDocument(places, read)).rejects.toMatchObject({ code: 'metadata-invalid' });
  expect(asked()).toBe(1);
});

test('an outage at a place ends the search: another place may tell something else', async () => {
  const { read, asked } = inTurn(await webPage(503), 'second');
  await expect(firstDocument(places, read)).rejects.toMatchObject({ code: 'answer-unusable' });
  expect(asked()).toBe(1);
});
