/* How much of a class's busiest rate is asked at each hour of the day: invented, of the form that emergency and reading rooms report. */
const HOURS = {
  stat: [
    0.35, 0.3, 0.25, 0.25, 0.25, 0.3, 0.4, 0.6, 0.8, 0.95, 1, 1, 0.95, 0.95, 0.95, 0.95, 1, 1, 0.95, 0.9, 0.8, 0.7,
    0.55, 0.45,
  ],
  urgent: [
    0.2, 0.15, 0.12, 0.12, 0.15, 0.3, 0.6, 0.9, 1, 0.95, 0.9, 0.85, 0.7, 0.75, 0.8, 0.8, 0.75, 0.7, 0.6, 0.5, 0.45, 0.4,
    0.3, 0.25,
  ],
  routine: [
    0.03, 0.02, 0.02, 0.02, 0.02, 0.04, 0.1, 0.4, 0.85, 1, 1, 0.9, 0.55, 0.8, 0.95, 0.9, 0.75, 0.45, 0.2, 0.12, 0.08,
    0.06, 0.05, 0.04,
  ],
  // Batches that a person starts in the evening and a timer at night.
  research: [
    0.5, 1, 1, 1, 0.8, 0.3, 0.05, 0.02, 0.02, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.1, 0.3, 0.7, 1, 1, 1,
    0.8,
  ],
};

/** What a day of the week makes of them. On Monday morning the weekend is read too. */
const DAYS = {
  monday: { stat: 1.05, urgent: 1.1, routine: 1.1, research: 1, morning: 1.2 },
  tuesday: { stat: 1, urgent: 1, routine: 1, research: 1, morning: 1 },
  friday: { stat: 1, urgent: 1, routine: 0.9, research: 1, morning: 1 },
  sunday: { stat: 0.85, urgent: 0.5, routine: 0.08, research: 0.6, morning: 1 },
};
export const WEEKDAYS = Object.keys(DAYS);

const MORNING_HOURS = [7, 11];

/** Factor on the busiest rate of a class at a second of the day; between the hours it changes evenly, and a batch begins at once. */
export function shapeOf(weekday, className) {
  const hours = HOURS[className];
  const { [className]: factor, morning } = DAYS[weekday];
  return (second) => {
    const hour = second / 3_600;
    const at = Math.floor(hour) % 24;
    const level = className === 'research' ? hours[at] : hours[at] + (hours[(at + 1) % 24] - hours[at]) * (hour % 1);
    const isMorning = className === 'routine' && hour >= MORNING_HOURS[0] && hour < MORNING_HOURS[1];
    return factor * level * (isMorning ? morning : 1);
  };
}
