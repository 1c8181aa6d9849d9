import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Company, startCompany } from '../../company/company.ts';
import { DEVICE_CODE } from '../../company/protocol.ts';
import { approveDeviceByScript, SignInRefused } from '../../company/sign-in.ts';
import { clientByHand, member, postForm } from './by-hand/client.ts';

let company: Company;
beforeAll(async () => {
  company = await startCompany();
});
afterAll(async () => {
  await company.close();
  expect(company.troubles()).toEqual([]);
});

const begin = () => postForm(`${company.issuer}/device/auth`, { client_id: 'lanyard', scope: 'openid offline_access' });
const poll = (deviceCode: string) => clientByHand(company).atIdp({ grant_type: DEVICE_CODE, device_code: deviceCode });
const alice = () => ({ username: 'alice', password: company.person('alice').password });

test('a device waits until somebody has typed its code and signed in', async () => {
  const device = await begin();
  expect((await poll(member(device, 'device_code'))).body.error).toBe('authorization_pending');
  const url = member(device, 'verification_uri');
  const page = await approveDeviceByScript({ url, userCode: member(device, 'user_code'), ...alice() });
  expect(page.text).toContain('Device connected');
  const tokens = await poll(member(device, 'device_code'));
  expect(tokens).toMatchObject({ status: 200, body: { refresh_token: expect.any(String) } });
  expect((await clientByHand(company).exchange('notes', member(tokens, 'id_token'))).status).toBe(200);
});

test('the complete verification address needs no typing', async () => {
  const device = await begin();
  await approveDeviceByScript({ url: member(device, 'verification_uri_complete'), ...alice() });
  expect((await poll(member(device, 'device_code'))).status).toBe(200);
});

test('a refusal on the page reaches the device', async () => {
  const device = await begin();
  await approveDeviceByScript({ url: member(device, 'verification_uri_complete'), deny: true, ...alice() });
  expect((await poll(member(device, 'device_code'))).body.error).toBe('access_denied');
});

test('an unknown code is explained on the page', async () => {
  const url = `${company.issuer}/device`;
  const attempt = approveDeviceByScript({ url, userCode: 'BBBB-BBBB', ...alice() });
  await expect(attempt).rejects.toThrow(new SignInRefused('There is no such code. Check it and type it again.'));
});
