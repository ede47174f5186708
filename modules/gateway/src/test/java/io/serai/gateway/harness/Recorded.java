package io.serai.gateway.harness;

import io.serai.bus.ConsumerRef;
import io.serai.bus.Delivery;
import io.serai.bus.Outcome;
import io.serai.bus.Principal;
import io.serai.bus.PublishOnce;
import io.serai.bus.QueueRef;
import io.serai.bus.Request;
import io.serai.bus.SessionNote;
import io.serai.gateway.Credentials;
import io.serai.model.Message;
import io.serai.model.Origin;
import org.jspecify.annotations.Nullable;

/** What a session caused, other than frames, in the order it caused it. */
public sealed interface Recorded {
  /** {@code Effects.enter}. */
  record Entered(Principal principal, Origin origin) implements Recorded {}

  /** {@code Effects.authenticate}; answer it with {@link SessionHarness#authenticated}. */
  record Authenticating(Credentials credentials) implements Recorded {}

  /** {@code Effects.publish}. */
  record Published(Message message, int flags, long token) implements Recorded {}

  /** {@code Effects.commit}; what belongs to it comes before. Answer it with the harness. */
  record Committed(long token) implements Recorded {}

  /** Comes before the {@link Published} of {@code Effects.publishOnce}. */
  record Once(PublishOnce once) implements Recorded {}

  /** {@code Effects.note}; see {@link SessionHarness#holdNotes}. */
  record Noted(@Nullable QueueRef beside, SessionNote note, long token) implements Recorded {}

  /** {@code Effects.settle}. */
  record Settled(Delivery delivery, Outcome outcome) implements Recorded {}

  /** {@code Effects.grant}. */
  record Granted(ConsumerRef consumer, int credit, boolean drain) implements Recorded {}

  /** {@code Effects.ask}; answer it with {@link SessionHarness#answer}. */
  record Asked(Request<?> request) implements Recorded {}

  /** {@code Effects.tell}. */
  record Told(Request<?> request) implements Recorded {}

  /** {@code Effects.keepalive}. */
  record Keepalive(long readTimeoutMillis, long writeIdleMillis) implements Recorded {}

  /** {@code Effects.welcomed}. */
  record Welcomed(Origin origin, int keepAliveSeconds, boolean cleanStart, long expirySeconds)
      implements Recorded {}

  /** {@code Effects.close}. */
  record Closed(String reason) implements Recorded {}
}
