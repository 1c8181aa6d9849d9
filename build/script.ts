/**
 * Runs what a script does when it is called by itself. A failure we foresaw is a sentence; only a bug gets a stack.
 */
export async function script(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof Error && error.name === 'Error') console.error(error.message);
    else console.error(error);
  }
}
