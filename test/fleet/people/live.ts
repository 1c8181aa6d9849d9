import type { Laptop } from '../laptop/laptop.ts';
import type { World } from '../world/world.ts';
import type { Deed } from './day-plan.ts';

function act(laptop: Laptop, deed: Deed): void {
  switch (deed.kind) {
    case 'wake':
      laptop.wake();
      break;
    case 'sleep':
      laptop.sleep();
      break;
    case 'sign-in':
      void laptop.signIn();
      break;
    case 'call':
      void laptop.grants[deed.server]?.call();
  }
}

/** Has a person do these deeds at their times, one timer ahead. `startsAt` is the midnight that they count from. */
export function live(laptop: Laptop, deeds: readonly Deed[], startsAt: number, world: World): void {
  const { clock, schedule } = world.time;
  let next = 0;
  const goOn = () => {
    const deed = deeds[next];
    if (!deed) return;
    schedule(startsAt + deed.at - clock(), () => {
      next += 1;
      world.work += 1;
      act(laptop, deed);
      goOn();
    });
  };
  goOn();
}
