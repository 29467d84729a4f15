/** Counts the packets that a line loses, on a data channel that sends none again. */
const count = 200;
const everyMs = 20;
const openWithin = 5000;

type Described = { readonly type: RTCSdpType; readonly sdp: string };

/** Lost, 0 to 1; undefined where packets cannot go there at all: a firewall, or a browser without. */
export async function packetLoss(
  exchange: (offer: Described) => Promise<Described>,
  tell: (share: number) => void,
): Promise<number | undefined> {
  if (!('RTCPeerConnection' in window)) return undefined;
  const peer = new RTCPeerConnection();
  try {
    const channel = peer.createDataChannel('packets', { ordered: false, maxRetransmits: 0 });
    channel.binaryType = 'arraybuffer';
    await peer.setLocalDescription(await peer.createOffer());
    await gathered(peer);
    const { type, sdp } = peer.localDescription ?? { type: 'offer' as const, sdp: '' };
    await peer.setRemoteDescription(await exchange({ type, sdp }));
    if (!(await opened(channel))) return undefined;
    const back = new Set<number>();
    channel.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
      if (data.byteLength >= 4) back.add(new DataView(data).getUint32(0));
    });
    for (let number = 0; number < count; number += 1) {
      const packet = new DataView(new ArrayBuffer(64));
      packet.setUint32(0, number);
      channel.send(packet);
      if (number % 10 === 0) tell(number / count);
      await pause(everyMs);
    }
    for (let waited = 0; waited < 1000 && back.size < count; waited += 50) await pause(50);
    return back.size === 0 ? undefined : Math.round((1 - back.size / count) * 10_000) / 10_000;
  } catch {
    return undefined;
  } finally {
    peer.close();
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((done) => {
    if (peer.iceGatheringState === 'complete') return done();
    const limit = setTimeout(done, 2000);
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState !== 'complete') return;
      clearTimeout(limit);
      done();
    });
  });
}

function opened(channel: RTCDataChannel): Promise<boolean> {
  return new Promise((done) => {
    if (channel.readyState === 'open') return done(true);
    const limit = setTimeout(() => done(false), openWithin);
    channel.addEventListener('open', () => {
      clearTimeout(limit);
      done(true);
    });
  });
}
