import { expect, test } from 'vitest';
import { signInByScript } from '../../company/sign-in.ts';
import { startFixture } from '../fixture.ts';

test.each(['nobody', 'alice'])('signing out ends a sign-in that waits, too (%s is signed in)', async (before) => {
  const fixture = await startFixture();
  try {
    if (before !== 'nobody') await fixture.signIn(before);
    const { url } = await fixture.agent.acts.signIn({ method: 'browser' });
    await fixture.agent.acts.signOut();
    const { username, password } = fixture.company.person('bob');
    const { text } = await signInByScript({ url, username, password });
    expect(text).toContain('This sign-in is over');
    const { session, signIn } = fixture.agent.state();
    expect(session).toMatchObject({ status: 'signed-out' });
    expect(signIn).toMatchObject({ phase: 'cancelled' });
  } finally {
    await fixture.close();
  }
});
