// Who answers in another way than PostgreSQL does, or not as it must.
import { PerduraError } from '../../../errors.ts';

/** The bytes are not what PostgreSQL may send here. */
export class PostgresProtocolError extends PerduraError {
  constructor(message: string) {
    super('ERR_PERDURA_PROTOCOL', message);
  }
}
