export { adversarialInputs } from './adversarial.ts';
export { inventIndicators } from './indicators.ts';
export { inventLogs, inventTraffic } from './logs.ts';
export { soupText, soupValues } from './soup.ts';
