import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { app } from 'electron';
import { isLastingPlace } from '../../shared/lasting-place.ts';
import { type DeskParts, type OpenDesk, openDesk } from './desk.ts';
import { loginItem } from './start-at-login.ts';
import { openUpdates } from './updates/open-updates.ts';
import type { AppUpdates } from './updates/updates.ts';

/** What the desk of this app is put together from, besides the app itself. */
export interface AppDeskParts extends Pick<DeskParts, 'demo' | 'journal' | 'changed'> {
  /** The app is about to end for an update: windows must close and not hide. */
  leaving(): void;
}

/** The desk of this app: its own login item and its own updates. */
export function appDesk({ demo, journal, changed, leaving }: AppDeskParts): { desk: OpenDesk; updates: AppUpdates } {
  const here = { program: process.execPath, platform: process.platform, environment: process.env };
  const updates = openUpdates({ ...here, resources: process.resourcesPath }, { changed, leaving });
  const home = homedir();
  const isLasting = (file: string) => isLastingPlace(file, { platform: here.platform, home });
  const system = { isPackaged: app.isPackaged, home, system: app, isThere: existsSync, isLasting };
  const login = loginItem({ ...here, ...system });
  void login.tidy?.();
  return { updates, desk: openDesk({ login, updates, demo, journal, changed }) };
}
