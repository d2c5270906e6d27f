import type { Format } from './format.ts';
import { formatTitles } from './format.ts';
import { createJsonReader, jsonFraming, jsonKeys } from './json-reader.ts';

/**
 * Windows events as JSON, Sysmon's among them: flat as winlogbeat and NXLog ship them, or nested below `Event.EventData`
 * or `winlog.event_data`. A field has the name of the event datum (`DestinationIp`, `QueryName`, `Hashes`), also where a
 * converter wrote `{"Name": "DestinationIp", "#text": "192.0.2.1"}`.
 */
export const windows: Format = {
  name: 'windows',
  title: formatTitles.windows,
  detect: (sample) => {
    const keys = jsonKeys(sample);
    if (keys.has('EventData') && keys.has('System')) return 0.9;
    return keys.has('EventID') &&
      (keys.has('Channel') || keys.has('SourceName') || keys.has('TimeCreated') || keys.has('Computer'))
      ? 0.9
      : 0;
  },
  framing: jsonFraming,
  createReader: () => createJsonReader({ fieldName: 'last', served: [], urls: [], namesBeside: true }),
};
