package io.serai.gateway.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.serai.gateway.Codec;
import io.serai.model.Body;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What connections write when one body goes to all of them. */
class OutputTest {
  private static final int BODY_BYTES = 64 * 1024;

  /** A length, then the body. */
  private static final class BodyCodec implements Codec<Body> {
    @Override
    public @Nullable Body decode(ByteBuf in) {
      throw new UnsupportedOperationException("nothing is read here");
    }

    @Override
    public void encode(Body frame, ByteBuf out) {
      frame.writeTo(out.writeInt(frame.length()));
    }

    @Override
    public @Nullable Body encodeUpToBody(Body frame, ByteBuf out) {
      if (frame.length() < BODY_BYTES) {
        encode(frame, out);
        return null;
      }
      out.writeInt(frame.length());
      return frame;
    }
  }

  /** One buffer in 128 of the default allocator is wrapped by the leak detector. */
  private static final ByteBufAllocator UNWRAPPED = new UnpooledByteBufAllocator(true, true);

  private static final class Written implements Transport {
    final List<ByteBuf> buffers = new ArrayList<>();

    @Override
    public ByteBufAllocator allocator() {
      return UNWRAPPED;
    }

    @Override
    public void write(ByteBuf bytes) {
      buffers.add(bytes);
    }

    @Override
    public void flush() {}

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void pauseReading() {}

    @Override
    public void resumeReading() {}

    @Override
    public void finish(boolean isPeerDone) {}

    @Override
    public void close() {}
  }

  private final SharedBodies bodies = new SharedBodies();

  @Test
  void aLargeBodyForAThousandConnectionsIsCopiedOnce() {
    Body body = Body.of(new byte[BODY_BYTES]);
    ByteBuf copy = null;
    List<Written> peers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Written peer = new Written();
      peers.add(peer);
      Output<Body> output = new Output<>(new BodyCodec(), peer, bodies);
      assertThat(output.add(body)).isEqualTo(4 + BODY_BYTES);
      assertThat(peer.buffers).hasSize(2);
      assertThat(peer.buffers.get(1).readableBytes()).isEqualTo(BODY_BYTES);
      ByteBuf own = peer.buffers.get(1).unwrap();
      assertThat(own).isSameAs(copy == null ? own : copy);
      copy = own;
    }
    bodies.clear();
    assertThat(copy.refCnt()).isEqualTo(1_000);
    peers.forEach(peer -> peer.buffers.forEach(ByteBuf::release));
    assertThat(copy.refCnt()).isZero();
  }

  @Test
  void smallFramesLeaveTogetherAndInTheirPlaceBeforeALargeOne() {
    Written peer = new Written();
    Output<Body> output = new Output<>(new BodyCodec(), peer, bodies);
    output.add(Body.ofUtf8("a"));
    output.add(Body.ofUtf8("b"));
    output.add(Body.of(new byte[BODY_BYTES]));
    output.add(Body.ofUtf8("c"));
    output.write();
    assertThat(peer.buffers.stream().map(ByteBuf::readableBytes))
        .containsExactly(5 + 5 + 4, BODY_BYTES, 5);
  }

  @Test
  void whatIsKeptForOthersIsBounded() {
    Written peer = new Written();
    Output<Body> output = new Output<>(new BodyCodec(), peer, bodies);
    for (int i = 0; i < 4; i++) {
      output.add(Body.of(new byte[3 * 1024 * 1024]));
    }
    assertThat(peer.buffers.get(1).unwrap().refCnt()).isEqualTo(1); // the socket's only
    assertThat(peer.buffers.get(7).unwrap().refCnt()).isEqualTo(2);
    bodies.clear();
    assertThat(peer.buffers.get(7).unwrap().refCnt()).isEqualTo(1);
  }
}
