package io.serai.config.seeded;

import io.serai.security.seeded.SeesConfig;
import java.util.Optional;

/** Breaks: config sees of ours only model and bus; with its counterpart, a cycle. */
public final class SeesSecurity {
  Optional<SeesConfig> other() {
    return Optional.of(new SeesConfig(this));
  }
}
