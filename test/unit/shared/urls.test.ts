import { expect, test } from 'vitest';
import { isLoopbackHost, isSecureUrl } from '../../../shared/urls.ts';

test.each([
  ['localhost', true],
  ['127.0.0.1', true],
  ['127.255.255.254', true],
  ['[::1]', true],
  ['::1', false],
  ['localhost.example.com', false],
  ['127.0.0.1.example.com', false],
  ['127.example.com', false],
  ['128.0.0.1', false],
  ['0.0.0.0', false],
  ['', false],
])('%j means this machine: %s', (host, expected) => expect(isLoopbackHost(host)).toBe(expected));

test.each([
  ['https://mcp.example.com/mcp', true],
  ['https://10.0.0.1', true],
  ['http://localhost:8080/mcp', true],
  ['http://127.0.0.1', true],
  ['http://127.1', true],
  ['http://[::1]:1', true],
  ['http://mcp.example.com', false],
  ['http://localhost.example.com', false],
  ['http://127.0.0.1.example.com', false],
  ['http://10.0.0.1', false],
  ['https://user@mcp.example.com', false],
  ['https://user:secret@mcp.example.com', false],
  ['https://:secret@mcp.example.com', false],
  ['http://localhost@mcp.example.com', false],
  ['ftp://localhost', false],
  ['file:///etc/passwd', false],
  ['javascript:alert(1)', false],
  ['mcp.example.com', false],
  ['https://', false],
  ['', false],
])('%j may carry credentials: %s', (url, expected) => expect(isSecureUrl(url)).toBe(expected));
