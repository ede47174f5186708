/**
 * The drivers: sockets in, sessions called, effects performed. Stream transports (TCP, TLS,
 * WebSocket) and datagrams share one {@link io.serai.gateway.driver.Connection}.
 *
 * <p>To read it along the way of a message:
 *
 * <ol>
 *   <li>A {@link io.serai.gateway.driver.Listener} accepts a peer ({@link
 *       io.serai.gateway.driver.Accepted}); {@link io.serai.gateway.driver.Visitors} counts it
 *       against what bounds connections.
 *   <li>Its {@link io.serai.gateway.driver.Transport} hands what it reads to the {@link
 *       io.serai.gateway.driver.Connection}, which keeps what is incomplete ({@link
 *       io.serai.gateway.driver.Input}), decodes, and calls the session.
 *   <li>What the session causes goes through {@link io.serai.gateway.driver.ConnectionEffects}: a
 *       message by way of {@link io.serai.gateway.driver.Publishing}, which sends a batch when the
 *       read has been decoded.
 *   <li>What the broker has to tell comes to the loop's {@link io.serai.gateway.driver.SessionHub}
 *       and from there through {@link io.serai.gateway.driver.SessionEvents} into the session.
 *   <li>Its frames are encoded at once ({@link io.serai.gateway.driver.Sending}, {@link
 *       io.serai.gateway.driver.Output}) and written when the turn ends ({@link
 *       io.serai.gateway.driver.EndOfTurn}).
 * </ol>
 *
 * <p>Three things keep a peer from being read. The session waits for an answer, which is {@code
 * Connection}'s own business; its listener's rates ({@link io.serai.gateway.driver.Pace}) and
 * memory ({@link io.serai.gateway.driver.PublisherGate}) hold its input likewise. And it rests for
 * a moment when it takes too much of the loop's time ({@link io.serai.gateway.driver.HeavyReads}).
 */
@NullMarked
package io.serai.gateway.driver;

import org.jspecify.annotations.NullMarked;
