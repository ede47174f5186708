package io.serai.model;

import io.netty.buffer.ByteBuf;
import java.util.HashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The formats of one family that are installed, by id and by class. Writes the id, the length and
 * the format's bytes, so that whoever does not know the format can pass it by.
 *
 * @param <T> what the family is for
 */
public final class StoredFormats<T> {
  private static final int LENGTH_BYTES = Integer.BYTES;

  private final String family;
  private final Map<Integer, StoredFormat<T>> byId = new HashMap<>();
  private final Map<Class<?>, StoredFormat<T>> byType = new HashMap<>();

  /**
   * Some formats.
   *
   * @param family what to call one of them in a message, such as {@code encoding format}
   */
  public StoredFormats(String family, Iterable<? extends StoredFormat<T>> formats) {
    this.family = family;
    for (StoredFormat<T> format : formats) {
      StoredFormat<T> other = byId.put(format.id(), format);
      if (other == null) {
        other = byType.put(format.type(), format);
      }
      if (other != null) {
        throw new IllegalStateException(
            "two formats of family %s have the same id or class: %s and %s"
                .formatted(family, other, format));
      }
    }
  }

  /** The formats of a family that are named in {@code META-INF/services}. */
  public static <T, F extends StoredFormat<T>> StoredFormats<T> installed(
      String family, Class<F> type) {
    return new StoredFormats<>(family, ServiceLoader.load(type, type.getClassLoader()));
  }

  /** Whether objects of that class can be stored. */
  public boolean canWrite(T value) {
    return byType.containsKey(value.getClass());
  }

  /**
   * Appends a value.
   *
   * @throws IllegalArgumentException when no format is for its class
   */
  public void write(T value, ByteBuf out) {
    StoredFormat<T> format = byType.get(value.getClass());
    if (format == null) {
      throw new IllegalArgumentException(
          "no %s is installed for %s".formatted(family, value.getClass().getName()));
    }
    StoredFields.writeCount(format.id(), out);
    int lengthAt = out.writerIndex();
    out.writeInt(0);
    format.write(value, out);
    out.setInt(lengthAt, out.writerIndex() - lengthAt - LENGTH_BYTES);
  }

  /** Appends a value that may be absent. */
  public void writeOptional(@Nullable T value, ByteBuf out) {
    if (value == null) {
      StoredFields.writeCount(0, out);
    } else {
      write(value, out);
    }
  }

  /**
   * Reads a value; null when none was written.
   *
   * @throws UnknownFormatException when its format is not installed
   */
  public @Nullable T readOptional(ByteBuf in) {
    int id = StoredFields.readCount(in);
    if (id == 0) {
      return null;
    }
    ByteBuf bytes = in.readSlice(in.readInt());
    StoredFormat<T> format = byId.get(id);
    if (format == null) {
      throw new UnknownFormatException(family, id);
    }
    return format.read(bytes);
  }

  /**
   * Reads a value that must be there.
   *
   * @throws UnknownFormatException when its format is not installed
   */
  public T read(ByteBuf in) {
    T value = readOptional(in);
    if (value == null) {
      throw new IllegalArgumentException(family + " 0 stands for no value");
    }
    return value;
  }
}
