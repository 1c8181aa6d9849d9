import { useId } from 'preact/hooks';
import type { AppView, ConnectionPlan } from '../../shared/app-views.ts';
import type { Transport } from '../../shared/client-kinds.ts';
import type { Choice } from './choice.ts';

/** The ways to connect in words that say what is different for the person. */
const TRANSPORT_WORDS: Readonly<Record<Transport, string>> = {
  http: 'By an address of this computer',
  stdio: 'By starting the program lanyard',
};

interface Option<T> {
  readonly value: T;
  readonly words: string;
}

function Options<T extends string | boolean>({
  legend,
  options,
  chosen,
  onChoose,
}: {
  legend: string;
  options: readonly Option<T>[];
  chosen: T;
  onChoose: (value: T) => void;
}) {
  const name = useId();
  return (
    <fieldset>
      <legend>{legend}</legend>
      {options.map(({ value, words }) => (
        <label key={words}>
          <input type="radio" name={name} checked={value === chosen} onChange={() => onChoose(value)} />
          {words}
        </label>
      ))}
    </fieldset>
  );
}

/** How the app is connected: as policy says, unless the person chooses otherwise. */
export function HowToConnect({
  app,
  plan,
  choice,
  onChoice,
}: {
  app: AppView;
  plan: ConnectionPlan;
  choice: Choice;
  onChoice: (choice: Choice) => void;
}) {
  return (
    <details class="how">
      <summary>Connect it in another way</summary>
      {app.transports.length > 1 && (
        <Options
          legend="How it reaches Lanyard"
          options={app.transports.map((value) => ({ value, words: TRANSPORT_WORDS[value] }))}
          chosen={plan.transport}
          onChoose={(transport) => onChoice({ ...choice, transport })}
        />
      )}
      <Options
        legend="Entries"
        options={[
          { value: false, words: 'One for each server' },
          { value: true, words: 'One for all servers together' },
        ]}
        chosen={plan.gateway}
        onChoose={(gateway) => onChoice({ ...choice, gateway })}
      />
    </details>
  );
}
