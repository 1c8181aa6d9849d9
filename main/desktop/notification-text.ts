const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * A notification's body as the system takes it. On Linux a body is markup (Desktop Notifications Specification, "Markup")
 * and Electron hands it on as it is; titles of servers and companies are plain text.
 */
export function bodyText(text: string, platform: NodeJS.Platform): string {
  return platform === 'linux' ? text.replaceAll(/[&<>]/g, (character) => ENTITIES[character] ?? '') : text;
}
