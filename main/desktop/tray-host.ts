import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { AgentCommand } from '../../shared/agent-process.ts';
import { BASH, cleanStart } from './clean-start.ts';

/** The program on the session bus that shows tray icons: part of the desktop's panel. */
const WATCHER = 'org.kde.StatusNotifierWatcher';

/** Of util-linux; a system that has it elsewhere goes without. */
const SETPRIV = '/usr/bin/setpriv';

/** Watches whether anything shows tray icons. */
export interface TrayHost {
  /** `undefined` until it is known. */
  readonly isThere: boolean | undefined;
  close(): void;
}

/** What a line of `gdbus monitor` says about the name; `undefined` for lines about something else. */
export function ownershipIn(line: string): boolean | undefined {
  if (line === `The name ${WATCHER} does not have an owner`) return false;
  return line.startsWith(`The name ${WATCHER} is owned by `) ? true : undefined;
}

/**
 * What follows the name: it is told nothing, holds nothing of Chromium's open (see {@link cleanStart}), and ends when we
 * crash.
 */
function monitorCommand(): AgentCommand {
  const gdbus = ['gdbus', 'monitor', '--session', '--dest', WATCHER];
  const [file = '', ...args] = existsSync(SETPRIV) ? [SETPRIV, '--pdeathsig', 'TERM', ...gdbus] : gdbus;
  return cleanStart({ file, args }, 'linux', existsSync(BASH));
}

/**
 * Follows whether anything shows tray icons. On Linux that is a program on the session bus, which some desktops lack
 * (GNOME without its extension) and which comes back after its panel restarted; `gdbus` follows it for us, and where
 * that is missing too, there is none. Elsewhere there always is one.
 */
export function watchTrayHost(platform: NodeJS.Platform, onChange: (isThere: boolean) => void): TrayHost {
  let isThere: boolean | undefined;
  const tell = (now: boolean) => {
    if (now === isThere) return;
    isThere = now;
    onChange(now);
  };
  const host = (close: () => void): TrayHost => ({
    get isThere() {
      return isThere;
    },
    close,
  });
  if (platform !== 'linux') {
    tell(true);
    return host(() => undefined);
  }
  const { file, args } = monitorCommand();
  const monitor = spawn(file, [...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  createInterface({ input: monitor.stdout }).on('line', (line) => {
    const said = ownershipIn(line);
    if (said !== undefined) tell(said);
  });
  monitor.once('error', () => tell(false));
  monitor.once('exit', () => tell(false));
  return host(() => {
    monitor.removeAllListeners();
    monitor.on('error', () => undefined);
    monitor.kill();
  });
}
