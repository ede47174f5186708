package io.serai.model;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Application headers in the publisher's order. Names may repeat, as MQTT user properties and STOMP
 * headers do. Immutable.
 */
public final class Headers implements Iterable<Header> {
  /** No headers. */
  public static final Headers NONE = new Headers(List.of());

  private final List<Header> all;

  private Headers(List<Header> all) {
    this.all = all;
  }

  /** These headers, in this order. */
  public static Headers of(List<Header> headers) {
    return headers.isEmpty() ? NONE : new Headers(List.copyOf(headers));
  }

  /** These headers, in this order. */
  public static Headers of(Header... headers) {
    return of(List.of(headers));
  }

  /** The value of the first header called {@code name}, or null when there is none. */
  public @Nullable Value first(String name) {
    for (Header header : all) {
      if (header.name().equals(name)) {
        return header.value();
      }
    }
    return null;
  }

  /** A copy with {@code header} in place of every header of that name, at the first one's place. */
  public Headers with(Header header) {
    List<Header> copy = new ArrayList<>(all.size() + 1);
    boolean placed = false;
    for (Header old : all) {
      if (!old.name().equals(header.name())) {
        copy.add(old);
      } else if (!placed) {
        copy.add(header);
        placed = true;
      }
    }
    if (!placed) {
      copy.add(header);
    }
    return new Headers(List.copyOf(copy));
  }

  /** A copy without the headers called {@code name}. */
  public Headers without(String name) {
    return of(all.stream().filter(h -> !h.name().equals(name)).toList());
  }

  /** Number of headers, repeats counted. */
  public int size() {
    return all.size();
  }

  public boolean isEmpty() {
    return all.isEmpty();
  }

  /** All headers, unmodifiable. */
  public List<Header> list() {
    return all;
  }

  @Override
  public Iterator<Header> iterator() {
    return all.iterator();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Headers that && all.equals(that.all);
  }

  @Override
  public int hashCode() {
    return all.hashCode();
  }

  @Override
  public String toString() {
    return all.toString();
  }
}
