import type * as Files from 'node:fs/promises';

/** A call that changes something on the disk. */
export type DiskCall = 'open' | 'writeFile' | 'chmod' | 'sync' | 'close' | 'link' | 'rename' | 'rm';

/** A disk that fails where a test wants it to. Put in the place of `node:fs/promises` by {@link failing}. */
export const disk = {
  /** Every call so far. */
  calls: [] as DiskCall[],
  /** The code that a call fails with, given all calls up to and with it; none: it succeeds. */
  fault: (_calls: readonly DiskCall[]): string | undefined => undefined,
  reset: () => {
    disk.calls = [];
    disk.fault = () => undefined;
  },
};

/** Takes note of a call; throws what it shall fail with. */
function pass(call: DiskCall): void {
  disk.calls = [...disk.calls, call];
  const code = disk.fault(disk.calls);
  if (code !== undefined) throw Object.assign(new Error(`${code}: ${call}`), { code });
}

function failingHandle(file: Files.FileHandle) {
  return {
    writeFile: async (content: string | Uint8Array) => {
      try {
        pass('writeFile');
      } catch (error) {
        // As a disk that fills up, or a process that is killed: half of it is there.
        await file.writeFile(content.slice(0, content.length / 2));
        throw error;
      }
      await file.writeFile(content);
    },
    chmod: async (mode: number) => {
      pass('chmod');
      await file.chmod(mode);
    },
    sync: async () => {
      pass('sync');
      await file.sync();
    },
    close: async () => {
      await file.close();
      pass('close');
    },
  };
}

/** The real file system's calls, as far as `main/vault` uses them, each of which can fail. */
export function failing(real: typeof Files) {
  return {
    ...real,
    open: async (...args: Parameters<typeof Files.open>) => {
      pass('open');
      return failingHandle(await real.open(...args));
    },
    link: async (...args: Parameters<typeof Files.link>) => {
      pass('link');
      await real.link(...args);
    },
    rename: async (...args: Parameters<typeof Files.rename>) => {
      pass('rename');
      await real.rename(...args);
    },
    rm: async (...args: Parameters<typeof Files.rm>) => {
      pass('rm');
      await real.rm(...args);
    },
  };
}
