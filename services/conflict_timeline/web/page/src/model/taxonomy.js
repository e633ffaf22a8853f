// The taxonomy's tree, as the contract has it: each word that has a parent, with it.

export const PARENTS = {
  energy_generation: "energy",
  energy_grid: "energy",
  energy_heat: "energy",
  oil_gas: "energy",
  residential: "civilian",
  health: "civilian",
  education: "civilian",
  water: "civilian",
  religious_cultural: "civilian",
  rail: "transport",
  port: "transport",
  aviation: "transport",
};

/** Whether a topic is a target itself or its parent. */
export function topicCovers(topic, target) {
  return topic === target || PARENTS[target] === topic;
}

/** Whether a region is another one, or the country that it lies in. */
export function regionCovers(region, other) {
  return region === other || other.startsWith(`${region}-`);
}
