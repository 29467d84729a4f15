/**
 * The other end of a browser's packets: a WebRTC data channel that repeats nothing, on which what comes is sent back. Browsers have no
 * other way to send what a line may lose.
 */
import { type RTCDataChannel, RTCPeerConnection } from 'werift';
import type { Log } from '../../../platform/log.ts';

export interface RtcEcho {
  /** Answers an offer; undefined where too many are open. */
  readonly answer: (offer: {
    readonly type: 'offer';
    readonly sdp: string;
  }) => Promise<{ readonly type: string; readonly sdp: string } | undefined>;
  readonly close: () => void;
}

const most = 10;
const longestMs = 40_000;
/** Sent back of one test; a test sends 200. */
const mostPackets = 1000;
const largest = 256;

export function openRtcEcho(log: Log): RtcEcho {
  const open = new Set<RTCPeerConnection>();
  const end = (peer: RTCPeerConnection) => {
    if (!open.delete(peer)) return;
    peer.close().catch((error: unknown) => log.debug({ err: error }, 'a data channel did not close'));
  };
  const echo = (channel: RTCDataChannel) => {
    let count = 0;
    channel.onMessage.subscribe((data) => {
      count += 1;
      if (count <= mostPackets && data.length <= largest) channel.send(data);
    });
  };
  return {
    async answer(offer) {
      if (open.size >= most) return undefined;
      // No server of others: a site's browser reaches this one at the address that it has, or not at all.
      const peer = new RTCPeerConnection({
        ...{ iceServers: [], iceUseIpv4: true, iceUseIpv6: true },
        iceAdditionalHostAddresses: ['127.0.0.1'],
      });
      open.add(peer);
      const cut = setTimeout(() => end(peer), longestMs);
      cut.unref();
      peer.connectionStateChange.subscribe((state) => {
        if (state !== 'closed' && state !== 'failed' && state !== 'disconnected') return;
        clearTimeout(cut);
        end(peer);
      });
      peer.onDataChannel.subscribe(echo);
      try {
        await peer.setRemoteDescription(offer);
        await peer.setLocalDescription(await peer.createAnswer());
        const answer = peer.localDescription;
        if (answer) return { type: answer.type, sdp: answer.sdp };
      } catch (error) {
        log.debug({ err: error }, 'an offer of a data channel was not understood');
      }
      clearTimeout(cut);
      end(peer);
      return undefined;
    },
    close: () => {
      for (const peer of open) end(peer);
    },
  };
}
