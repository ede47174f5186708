package io.serai.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the broker changes about a copy it makes of a message, such as a dead letter: some headers,
 * perhaps the expiry, nothing else. {@link Encoding#rewritten} carries it out.
 *
 * @param headers set in place of every header of the same name
 * @param without names of headers that go
 * @param dropsExpiry whether the copy has no time to live of its own
 */
public record Rewrite(List<Header> headers, Set<String> without, boolean dropsExpiry) {
  /** Sets one header. */
  public static Rewrite with(Header header) {
    return new Rewrite(List.of(header), Set.of(), false);
  }

  /** Whether a header of that name does not stay as it is. */
  public boolean replaces(String name) {
    for (int i = 0; i < headers.size(); i++) {
      if (headers.get(i).name().equals(name)) {
        return true;
      }
    }
    return without.contains(name);
  }

  /** The headers with the change made; those that are set come last. */
  public Headers apply(Headers old) {
    List<Header> changed = new ArrayList<>(old.size() + headers.size());
    for (Header header : old) {
      if (!replaces(header.name())) {
        changed.add(header);
      }
    }
    changed.addAll(headers);
    return Headers.of(changed);
  }

  /** The properties with the change made. */
  public Properties apply(Properties old) {
    return dropsExpiry && old.expiryMillis() >= 0 ? old.toBuilder().expiryMillis(-1).build() : old;
  }
}
