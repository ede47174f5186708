package io.serai.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.storage.file.RealFiles;
import io.serai.storage.file.SeamFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentScanTest {
  private static final int SIZE = (9 << 20) + 40;

  @TempDir Path folder;

  private static void put(SeamFile file, int value, long at) throws IOException {
    file.writeFully(ByteBuffer.wrap(new byte[] {(byte) value}), at);
  }

  @Test
  void oneByteAnywhereMakesASegmentOneThatIsUsed() throws IOException {
    try (SeamFile file = new RealFiles().createDirect(folder.resolve("a"))) {
      put(file, 0, SIZE - 1);
      put(file, 7, 63); // the header's
      assertThat(new SegmentScan(file, 1, SIZE).isBlank(64)).isTrue();
      for (long at :
          new long[] {64, 65, 4095, 4096, (4 << 20) - 1, 4 << 20, (8 << 20) + 1, SIZE - 1}) {
        put(file, 7, at);
        assertThat(new SegmentScan(file, 1, SIZE).isBlank(64)).as("byte %d", at).isFalse();
        put(file, 0, at);
      }
      assertThat(new SegmentScan(file, 1, SIZE).isBlank(64)).isTrue();
    }
  }

  @Test
  void theSameByteAllOverIsNotNothing() throws IOException {
    byte[] bytes = new byte[5000];
    Arrays.fill(bytes, (byte) 7);
    try (SeamFile file = new RealFiles().createDirect(folder.resolve("a"))) {
      file.writeFully(ByteBuffer.wrap(bytes), 0);
      assertThat(new SegmentScan(file, 1, bytes.length).isBlank(64)).isFalse();
    }
  }
}
