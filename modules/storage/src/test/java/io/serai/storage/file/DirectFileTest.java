package io.serai.storage.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is opened directly, where the file system of the temporary folder does that. */
class DirectFileTest {
  private static final int MOST_BYTES = 700_000;

  private final FileSystemSeam files = new RealFiles();

  @TempDir Path folder;

  @Test
  void anyBytesAreWrittenAndReadAnywhere() throws IOException {
    Random random = new Random(5);
    byte[] model = new byte[MOST_BYTES];
    int size = 0;
    try (SeamFile file = files.createDirect(folder.resolve("a"))) {
      for (int i = 0; i < 400; i++) {
        ByteBuffer piece = buffer(random);
        int at = random.nextInt(Math.min(size + 10_000, MOST_BYTES - piece.remaining()));
        if (random.nextInt(3) == 0) {
          at &= -SeamFile.BLOCK_BYTES;
        }
        switch (random.nextInt(8)) {
          case 0 -> {
            size = random.nextInt(size + 1);
            file.truncate(size);
            Arrays.fill(model, size, MOST_BYTES, (byte) 0);
          }
          case 1, 2, 3 -> {
            int length = file.readFully(piece, at);
            assertThat(length).isEqualTo(Math.clamp(size - at, 0, piece.limit()));
            byte[] read = new byte[length];
            piece.get(0, read);
            assertThat(read).isEqualTo(Arrays.copyOfRange(model, at, at + length));
          }
          default -> {
            piece.get(piece.position(), model, at, piece.remaining());
            size = Math.max(size, at + piece.remaining());
            file.writeFully(piece, at);
          }
        }
        assertThat(file.size()).isEqualTo(size);
      }
    }
    assertThat(Files.readAllBytes(folder.resolve("a"))).isEqualTo(Arrays.copyOf(model, size));
  }

  private static ByteBuffer buffer(Random random) {
    int length = 1 + random.nextInt(random.nextBoolean() ? 300 : 300_000);
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return switch (random.nextInt(3)) {
      case 0 -> ByteBuffer.wrap(bytes);
      case 1 -> ByteBuffer.allocateDirect(length).put(bytes).flip();
      default -> {
        int whole = SeamFile.wholeBlocks(length);
        yield SeamFile.blocks(whole).put(Arrays.copyOf(bytes, whole)).flip();
      }
    };
  }

  @Test
  void nothingIsReadAtTheEndAndBehindIt() throws IOException {
    try (SeamFile file = files.createDirect(folder.resolve("a"))) {
      file.writeFully(ByteBuffer.wrap(new byte[5000]), 0);
      assertThat(file.read(ByteBuffer.allocate(10), 5000)).isEqualTo(-1);
      assertThat(file.read(ByteBuffer.allocate(10), 9000)).isEqualTo(-1);
      assertThat(file.read(ByteBuffer.allocate(10), 4995)).isEqualTo(5);
      assertThat(file.read(ByteBuffer.allocate(0), 9000)).isZero();
    }
  }

  @Test
  void itIsTheFileThatOthersOpenInTheOrdinaryWay() throws IOException {
    Path path = folder.resolve("a");
    Files.write(path, new byte[] {1, 2, 3});
    try (SeamFile direct = files.openDirect(path);
        SeamFile ordinary = files.open(path)) {
      direct.writeFully(ByteBuffer.wrap(new byte[] {4, 5}), 2);
      ByteBuffer read = ByteBuffer.allocate(9);
      assertThat(ordinary.readFully(read, 0)).isEqualTo(4);
      assertThat(Arrays.copyOf(read.array(), 4)).containsExactly(1, 2, 4, 5);
      ordinary.writeFully(ByteBuffer.wrap(new byte[] {9}), 0);
      direct.readFully(read.clear().limit(1), 0);
      assertThat(read.get(0)).isEqualTo((byte) 9);
      direct.writeFully(ByteBuffer.wrap(new byte[] {8}), 0);
      direct.shared().readFully(read.clear().limit(1), 0);
      assertThat(read.get(0)).isEqualTo((byte) 8);
      assertThat(direct.shared()).isSameAs(direct.shared());
    }
  }

  @Test
  void aNewFileIsEmptyAndAnOldOneAsItWas() throws IOException {
    files.createDirect(folder.resolve("a")).close();
    assertThat(folder.resolve("a")).isEmptyFile();
    files.openDirect(folder.resolve("a")).close();
    assertThat(folder.resolve("a")).isEmptyFile();
    Files.write(folder.resolve("b"), new byte[] {1, 2, 3});
    files.openDirect(folder.resolve("b")).close();
    assertThat(folder.resolve("b")).hasBinaryContent(new byte[] {1, 2, 3});
  }
}
