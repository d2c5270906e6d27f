export { createClient } from './client.ts';
export type { Answer, CallOptions, Client, ClientDeps, ClientOptions, Input, RouteCall } from './client.ts';
export { readEventStream } from './event-stream.ts';
export type { StreamEvent } from './event-stream.ts';
export { errorOfAnswer } from './problem.ts';
export { subscribe } from './subscribe.ts';
export type { LiveEvent, SubscribeDeps, SubscribeOptions } from './subscribe.ts';
