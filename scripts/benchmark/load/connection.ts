/** One keep-alive connection with one request in flight, reopened when the peer has closed it between two. */
import net from 'node:net';
import { type HttpReply, readReply } from './http-reply.ts';
import type { Address } from './load.ts';

export interface Connection {
  /** Sends a whole request (head and body, ASCII). Rejects when the connection breaks before the reply is whole. */
  send(request: string): Promise<HttpReply>;
  close(): void;
}

interface Waiting {
  readonly resolve: (reply: HttpReply) => void;
  readonly reject: (error: Error) => void;
}

export function createConnection(address: Address): Connection {
  let socket: net.Socket | undefined;
  let waiting: Waiting | undefined;
  let received: Buffer | undefined;

  function fail(error: Error): void {
    waiting?.reject(error);
    waiting = undefined;
  }

  function receive(chunk: Buffer): void {
    received = received ? Buffer.concat([received, chunk]) : chunk;
    try {
      const reply = readReply(received);
      if (!reply) return;
      received = undefined;
      if (reply.closes) drop();
      waiting?.resolve(reply);
      waiting = undefined;
    } catch (error) {
      fail(error as Error);
      drop();
    }
  }

  function drop(): void {
    socket?.destroy();
    socket = undefined;
    received = undefined;
  }

  function open(): net.Socket {
    const opened = 'socketPath' in address ? net.connect(address.socketPath) : net.connect(address);
    opened.setNoDelay(true);
    opened.on('data', receive);
    opened.on('error', fail);
    opened.on('close', () => {
      if (socket !== opened) return;
      fail(new Error('connection closed before the reply'));
      drop();
    });
    return opened;
  }

  return {
    send: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket ??= open();
        socket.write(request, 'latin1');
      }),
    close: drop,
  };
}
