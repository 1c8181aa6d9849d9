const twoDigits = (number: number) => String(number).padStart(2, '0');

/**
 * Gives the present day in the machine's own time zone, as `2026-11-23`. Days of 23 and 25 hours are days. Cheap enough
 * for every call: the calendar is asked once a day.
 */
export function createToday(clock: () => number): () => string {
  let beginsAt = 0;
  let endsAt = 0;
  let day = '';
  return () => {
    const now = clock();
    if (now >= beginsAt && now < endsAt) return day;
    const date = new Date(now);
    const [year, month, dayOfMonth] = [date.getFullYear(), date.getMonth(), date.getDate()];
    beginsAt = new Date(year, month, dayOfMonth).getTime();
    endsAt = new Date(year, month, dayOfMonth + 1).getTime();
    day = `${year}-${twoDigits(month + 1)}-${twoDigits(dayOfMonth)}`;
    return day;
  };
}
