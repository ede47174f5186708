/**
 * The gateway kit: what every protocol's gateway is made of. A gateway brings a {@link
 * io.serai.gateway.Codec} (bytes to frames) and a {@link io.serai.gateway.Session} (frames and
 * broker events in, {@link io.serai.gateway.Effects} out), both pure; the drivers here perform the
 * effects.
 */
@NullMarked
package io.serai.gateway;

import org.jspecify.annotations.NullMarked;
