/** How clients of MCP are told that a call can't be made: the JSON-RPC error to their request. */
import { errorResponse } from '../message/response-text.ts';
import type { CallExchange } from './exchange.ts';

export function rejectBy(send: (response: Buffer) => void): CallExchange['reject'] {
  return (id, { code, message, data }) => {
    const response = errorResponse(id, code, message, data);
    send(response);
    return { httpStatus: 200, responseBytes: response.length };
  };
}
