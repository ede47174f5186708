package io.serai.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTest {
  private static final int CHUNK = Body.MAX_CHUNK_BYTES;

  private static byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static byte[] written(Body body) {
    ByteBuf out = Unpooled.buffer();
    body.writeTo(out);
    return read(out);
  }

  private static byte[] read(ByteBuf out) {
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7})
  void whatIsCopiedIsWhatIsWritten(int length) {
    byte[] content = bytes(length);
    Body body = Body.of(content);

    assertThat(body.length()).isEqualTo(length);
    assertThat(body.chunkCount()).isEqualTo(Math.max(1, (length + CHUNK - 1) / CHUNK));
    assertThat(body.toByteArray()).isEqualTo(content);
    assertThat(written(body)).isEqualTo(content);
    for (int i = 0; i < body.chunkCount(); i++) {
      assertThat(body.chunk(i).length).isLessThanOrEqualTo(CHUNK);
    }
  }

  @Test
  void aCopyDoesNotSeeLaterChangesAndLeavesTheReaderIndex() {
    ByteBuf in = Unpooled.copiedBuffer("--abc--".getBytes());
    Body body = Body.copyOf(in, 2, 3);
    in.setByte(3, 'X');

    assertThat(in.readerIndex()).isZero();
    assertThat(body.toUtf8()).isEqualTo("abc");
  }

  @Test
  void anEmptyBodyIsTheOneEmptyBody() {
    assertThat(Body.of(new byte[0])).isSameAs(Body.EMPTY);
    assertThat(new Body.Builder().build()).isSameAs(Body.EMPTY);
    assertThat(Body.EMPTY.chunkCount()).isEqualTo(1);
    assertThat(Body.EMPTY.chunk(0)).isEmpty();
  }

  @Test
  void anyPartIsWrittenAcrossChunks() {
    byte[] content = bytes(2 * CHUNK + 100);
    Body body = Body.of(content);
    int[][] parts = {
      {0, 0},
      {0, 10},
      {CHUNK - 5, 10},
      {CHUNK, CHUNK},
      {CHUNK - 1, CHUNK + 2},
      {0, content.length},
      {content.length, 0},
      {2 * CHUNK + 99, 1}
    };
    for (int[] part : parts) {
      ByteBuf out = Unpooled.buffer();
      body.writeTo(out, part[0], part[1]);
      assertThat(read(out))
          .as("%d bytes at %d", part[1], part[0])
          .isEqualTo(Arrays.copyOfRange(content, part[0], part[0] + part[1]));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 1448, 65_536, CHUNK, CHUNK + 1})
  void aBodyCollectedInPiecesIsTheBodyCopiedWhole(int pieceBytes) {
    byte[] content = bytes(pieceBytes < 8 ? 5000 : 2 * CHUNK + 333);
    assertCollected(content, pieceBytes, new Body.Builder());
    assertCollected(content, pieceBytes, new Body.Builder(content.length));
  }

  private static void assertCollected(byte[] content, int pieceBytes, Body.Builder builder) {
    ByteBuf in = Unpooled.wrappedBuffer(content);
    for (int at = 0; at < content.length; at += pieceBytes) {
      builder.append(in, at, Math.min(pieceBytes, content.length - at));
      assertThat(builder.length()).isEqualTo(Math.min(at + pieceBytes, content.length));
    }
    Body body = builder.build();

    assertThat(body.toByteArray()).isEqualTo(content);
    assertThat(body).isEqualTo(Body.of(content)).hasSameHashCodeAs(Body.of(content));
    for (int i = 0; i < body.chunkCount(); i++) {
      assertThat(body.chunk(i).length).isLessThanOrEqualTo(CHUNK);
    }
  }

  @Test
  void equalityIsByContent() {
    assertThat(Body.ofUtf8("abc")).isEqualTo(Body.of("abc".getBytes()));
    assertThat(Body.ofUtf8("abc")).isNotEqualTo(Body.ofUtf8("abd")).isNotEqualTo(Body.EMPTY);
    byte[] large = bytes(CHUNK + 10);
    byte[] other = large.clone();
    other[CHUNK + 5] ^= 1;
    assertThat(Body.of(large)).isEqualTo(Body.of(large)).isNotEqualTo(Body.of(other));
  }

  @Test
  void itsTextTellsOnlyTheLength() {
    assertThat(Body.ofUtf8("secret")).hasToString("Body[6 bytes]");
  }
}
