const twoDigits = (number: number) => String(number).padStart(2, '0');

/**
 * Gives the day of a moment in the machine's own time zone, as `2026-11-23`. Days of 23 and 25 hours are days. Cheap
 * enough for every call: the calendar is asked once a day.
 */
export function createDays(): (now: number) => string {
  let beginsAt = 0;
  let endsAt = 0;
  let day = '';
  return (now) => {
    if (now >= beginsAt && now < endsAt) return day;
    const date = new Date(now);
    const [year, month, dayOfMonth] = [date.getFullYear(), date.getMonth(), date.getDate()];
    beginsAt = new Date(year, month, dayOfMonth).getTime();
    endsAt = new Date(year, month, dayOfMonth + 1).getTime();
    day = `${year}-${twoDigits(month + 1)}-${twoDigits(dayOfMonth)}`;
    return day;
  };
}
