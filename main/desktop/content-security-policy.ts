/**
 * What the page may load: its own script, style and pictures, and nothing over the network. No `connect-src`, so
 * even a script that got in could send nothing; no inline script or style; no HTML made from strings.
 */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');
