package io.serai.routing;

import io.serai.model.Encoding;
import io.serai.model.Headers;
import io.serai.model.Properties;

/** An encoding that says nothing; a test overrides the one thing it is about. */
public interface BlankEncoding extends Encoding {
  @Override
  default boolean isDurable() {
    return false;
  }

  @Override
  default long expiryMillis() {
    return -1;
  }

  @Override
  default int priority() {
    return 0;
  }

  @Override
  default int sizeBytes() {
    return 0;
  }

  @Override
  default Properties properties() {
    return Properties.NONE;
  }

  @Override
  default Headers headers() {
    return Headers.NONE;
  }
}
