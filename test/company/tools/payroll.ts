import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { registerWhoami } from './common.ts';
import { callerOf, type Toolbox, text } from './toolbox.ts';

const READ = 'payroll:read';
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const GROSS_CENTS = 412_300;
const TAX_CENTS = 98_952;

/** Tools about pay, with structured results. */
export function registerPayrollTools(server: McpServer, toolbox: Toolbox): void {
  registerWhoami(server, toolbox, READ);
  const config = {
    title: 'Payslip',
    description: 'Your payslip of one month',
    inputSchema: z.object({ month: z.string().regex(MONTH, 'Write the month as 2026-01') }),
    outputSchema: z.object({ email: z.string(), month: z.string(), grossCents: z.int(), netCents: z.int() }),
    annotations: { readOnlyHint: true },
    scopeChallenge: toolbox.needs(READ),
  };
  server.registerTool('payslip', config, ({ month }, context) => {
    toolbox.called(context);
    const payslip = {
      email: callerOf(context).email,
      month,
      grossCents: GROSS_CENTS,
      netCents: GROSS_CENTS - TAX_CENTS,
    };
    return { ...text(JSON.stringify(payslip)), structuredContent: payslip };
  });
}
