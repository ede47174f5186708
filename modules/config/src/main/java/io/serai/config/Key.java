package io.serai.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One key of the catalogue: everything the strict pass, the reference page and {@code explain} need
 * to know about it.
 *
 * @param path {@code listeners.*.port}; {@code *} is any name, {@code []} each element of a list
 * @param fallback the default as it would be written in a file; null when there is none
 * @param isRequired whether its block is invalid without it
 * @param isReloadable whether a change takes effect while the node runs
 * @param protocols the listeners it belongs to; empty for all
 * @param text what it does, for people
 */
public record Key<T>(
    String path,
    KeyType<T> type,
    @Nullable String fallback,
    boolean isRequired,
    boolean isReloadable,
    Set<String> protocols,
    String text) {

  /** The blocks whose changes take effect while the node runs. */
  private static final List<String> LIVE =
      List.of("vhosts.", "users.", "anonymous.", "tls.", "listeners.*.tls.");

  static <T> Key<T> of(String path, KeyType<T> type, String text) {
    boolean isReloadable = LIVE.stream().anyMatch(path::startsWith);
    return new Key<>(path, type, null, false, isReloadable, Set.of(), text);
  }

  /** This key with a default, written as in a file. */
  Key<T> or(String written) {
    return new Key<>(path, type, written, false, isReloadable, protocols, text);
  }

  Key<T> required() {
    return new Key<>(path, type, null, true, isReloadable, protocols, text);
  }

  Key<T> onlyFor(String... protocolNames) {
    return new Key<>(path, type, fallback, isRequired, isReloadable, Set.of(protocolNames), text);
  }

  /** The last step of the path. */
  public String name() {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  /** What values are allowed, in words. */
  public String allowed() {
    return type.allowed();
  }

  /** Whether its value may never be shown. */
  public boolean isSecret() {
    return type.isSecret();
  }

  /** Reads the default, which must exist, by the key's own type. */
  T readFallback(ReadContext context) {
    ConfigValue written = ConfigFactory.parseString("v = " + fallback).getValue("v");
    return switch (type.read(written, context)) {
      case KeyType.Good<T>(T value) -> value;
      case KeyType.Bad<T>(String message, String _) ->
          throw new IllegalStateException("default of " + path + ": " + message);
    };
  }

  /** The steps of the path; a list's elements are a step of their own, {@code []}. */
  List<String> steps() {
    return List.of(path.replace("[]", ".[]").split("\\."));
  }
}
