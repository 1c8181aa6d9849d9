import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, importJWK, type JWK, jwtVerify } from 'jose';
import { customFetch, genericTokenEndpointRequest, None } from 'oauth4webapi';
import { expect, test } from 'vitest';
import { createDpop } from '../../../main/identity/dpop.ts';
import { EMPTY_VAULT, type VaultContents } from '../../../main/vault/contents.ts';
import { LanyardError } from '../../../shared/errors.ts';
import { problemFrom, virtualClock } from '../fixtures.ts';

const SERVER = 'https://mcp.example.com/mcp';
/** Proofs are of a moment before, for those who take none from the future. */
const DATED_BACK_SECONDS = 3;
const POST = { method: 'POST', url: SERVER };

/** A vault in memory; each of its writes may fail. */
function memoryVault(write: () => Promise<void> = async () => {}, contents: VaultContents = EMPTY_VAULT) {
  const vault = {
    contents,
    writes: 0,
    update: async (change: (contents: VaultContents) => VaultContents) => {
      vault.contents = structuredClone(change(vault.contents));
      vault.writes += 1;
      await write();
    },
  };
  return vault;
}

function making(vault = memoryVault(), skewOf?: (origin: string) => number | undefined) {
  const clock = virtualClock();
  return { vault, clock, dpop: createDpop({ vault, clock, skewOf }) };
}

const nonceOf = (proof: string) => decodeJwt(proof).nonce;

test('a proof is signed with the key in its header, and says what it is for', async () => {
  const { dpop, clock } = making();
  const proof = await dpop.proof({ ...POST, url: `${SERVER}?tenant=7`, accessToken: 'token-1' });
  const { jwk, typ, alg } = decodeProtectedHeader(proof);
  expect({ typ, alg }).toEqual({ typ: 'dpop+jwt', alg: 'ES256' });
  expect(Object.keys(jwk ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y']);
  const { payload } = await jwtVerify(proof, await importJWK(jwk as JWK, 'ES256'), { currentDate: new Date(clock()) });
  expect(payload).toEqual({
    jti: expect.stringMatching(/^[\w-]{20,}$/),
    htm: 'POST',
    htu: SERVER,
    iat: clock() / 1000 - DATED_BACK_SECONDS,
    ath: expect.stringMatching(/^[\w-]{43}$/),
  });
});

test('no two proofs have the same id', async () => {
  const { dpop } = making();
  const proofs = await Promise.all(Array.from({ length: 20 }, () => dpop.proof(POST)));
  expect(new Set(proofs.map((proof) => decodeJwt(proof).jti)).size).toBe(20);
});

test('a proof is of its moment by the clock of who reads it', async () => {
  const { dpop, clock } = making(memoryVault(), (origin) => (origin === new URL(SERVER).origin ? -90_000 : undefined));
  clock.advance(10_900);
  expect(decodeJwt(await dpop.proof(POST)).iat).toBe(Math.floor(clock() / 1000) - 90 - DATED_BACK_SECONDS);
  const elsewhere = await dpop.proof({ ...POST, url: 'https://other.example.com/' });
  expect(decodeJwt(elsewhere).iat).toBe(Math.floor(clock() / 1000) - DATED_BACK_SECONDS);
});

test('everything at first need shares one key, which is kept in the vault', async () => {
  const { dpop, vault } = making();
  const thumbprints = await Promise.all(Array.from({ length: 20 }, () => dpop.thumbprint()));
  expect(new Set(thumbprints).size).toBe(1);
  expect(vault.writes).toBe(1);
  const { dpopKey } = vault.contents;
  expect(await calculateJwkThumbprint({ ...dpopKey } as JWK)).toBe(thumbprints[0]);
  expect(await making(vault).dpop.thumbprint()).toBe(thumbprints[0]);
});

test('nothing is made before it is needed', () => {
  expect(making().vault.writes).toBe(0);
});

test('a key that is erased is not used again: the next need makes another one', async () => {
  const { dpop, vault } = making();
  const before = await dpop.thumbprint();
  const handle = await dpop.handle();
  expect(await dpop.handle()).toBe(handle);
  await vault.update((contents) => ({ ...contents, dpopKey: null }));
  const after = await dpop.thumbprint();
  expect(after).not.toBe(before);
  expect(await (await dpop.handle()).calculateThumbprint()).toBe(after);
  const { jwk } = decodeProtectedHeader(await dpop.proof(POST));
  expect(await calculateJwkThumbprint(jwk as JWK)).toBe(after);
});

test('a key that cannot be written is used all the same, one that is nowhere is not', async () => {
  const full = () =>
    Promise.reject(new LanyardError({ code: 'vault-write', user: 'Disk full.', administrator: 'Disk full.' }));
  const { dpop, vault } = making(memoryVault(full));
  expect(await dpop.thumbprint()).toBe(await calculateJwkThumbprint({ ...vault.contents.dpopKey } as JWK));
  const closed = createDpop({ vault: { contents: EMPTY_VAULT, update: full }, clock: Date.now });
  expect(await problemFrom(closed.proof(POST))).toMatchObject({ code: 'vault-write' });
});

test('a vault that opens with a key in it keeps that key', async () => {
  const { vault, dpop: first } = making();
  const kept = await first.thumbprint();
  // As a late vault: empty until the first update has opened it.
  const late = {
    contents: EMPTY_VAULT,
    update: async (change: (contents: VaultContents) => VaultContents) => {
      late.contents = change(vault.contents);
    },
  };
  expect(await createDpop({ vault: late, clock: Date.now }).thumbprint()).toBe(kept);
});

test('a nonce goes into the proofs for its origin until there is another, and into no others', async () => {
  const { dpop } = making();
  dpop.learnNonce(SERVER, 'n-1');
  expect(nonceOf(await dpop.proof({ ...POST, url: 'https://mcp.example.com/other' }))).toBe('n-1');
  expect(nonceOf(await dpop.proof({ ...POST, url: 'https://other.example.com/mcp' }))).toBeUndefined();
  dpop.learnNonce(SERVER, 'n-2');
  expect(nonceOf(await dpop.proof(POST))).toBe('n-2');
  expect(nonceOf(await dpop.proof({ ...POST, nonce: 'given' }))).toBe('given');
});

test('what cannot be a nonce changes nothing', async () => {
  const { dpop } = making();
  dpop.learnNonce(SERVER, 'n-1');
  for (const bad of ['', 'two words', 'x'.repeat(2_000)]) dpop.learnNonce(SERVER, bad);
  expect(nonceOf(await dpop.proof(POST))).toBe('n-1');
});

test('nonces of any number of origins are not all remembered: the oldest goes', async () => {
  const { dpop } = making();
  dpop.learnNonce(SERVER, 'n-1');
  for (let index = 0; index < 400; index += 1) dpop.learnNonce(`https://a${index}.example.com/`, 'x');
  expect(nonceOf(await dpop.proof(POST))).toBeUndefined();
  expect(nonceOf(await dpop.proof({ ...POST, url: 'https://a399.example.com/' }))).toBe('x');
});

test('at token endpoints the proof has the same key, our time, and the nonce that the endpoint gave', async () => {
  const { dpop, clock } = making(memoryVault(), (origin) => (origin === 'https://as.example.com' ? 30_000 : undefined));
  const as = { issuer: 'https://as.example.com', token_endpoint: 'https://as.example.com/token' };
  const send = async (): Promise<string> => {
    let proof = '';
    await genericTokenEndpointRequest(
      as,
      { client_id: 'c' },
      None(),
      'g',
      {},
      {
        DPoP: await dpop.handle(),
        [customFetch]: async (_url, { headers }) => {
          proof = headers.dpop ?? '';
          return new Response(null, { status: 400, headers: { 'dpop-nonce': 'n-1' } });
        },
      },
    );
    return proof;
  };
  expect(nonceOf(await send())).toBeUndefined();
  const proof = await send();
  const { jwk } = decodeProtectedHeader(proof);
  const { payload } = await jwtVerify(proof, await importJWK(jwk as JWK, 'ES256'), { currentDate: new Date(clock()) });
  expect(payload).toMatchObject({
    htm: 'POST',
    htu: as.token_endpoint,
    nonce: 'n-1',
    iat: clock() / 1000 + 30 - DATED_BACK_SECONDS,
  });
  expect(await calculateJwkThumbprint(jwk as JWK)).toBe(await dpop.thumbprint());
});
