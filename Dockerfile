# The service and its command line, without a build tool, npm or anything that only tests need.
# Node.js is the version that package.json names; the image brings it, so npm is kept from bringing it once more.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /service
COPY package.json package-lock.json ./
# Without install scripts nobody's code runs here, and the npm package `node` stays empty.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY nest-cli.json tsconfig.json tsconfig.build.json ./
COPY apps apps
COPY libs libs
RUN npm run build

FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /service
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund

FROM node:24.21.0-bookworm-slim
LABEL org.opencontainers.image.title="connections" \
      org.opencontainers.image.description="The service that runs the handshake by which two organizations agree to share data" \
      org.opencontainers.image.version="0.1.0"
# A volume that is new takes over the owner of the folder that it is mounted on.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn-* \
 && install --directory --owner=node --group=node --mode=700 /data /keys /checkpoints
WORKDIR /service
COPY package.json ./
COPY --from=dependencies /service/node_modules node_modules
COPY --from=build /service/dist/bin dist/bin
COPY --from=build /service/dist/apps/dashboard dist/apps/dashboard
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 DATA_DIR=/data
# As `npm start` has it: see docs/operations.md. So is the flag below.
ENV MALLOC_ARENA_MAX=2
USER node
EXPOSE 3000
# Whoever acts on this replaces the container, which helps a process that hangs, and not one whose database is away.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node.js is process 1 and hears SIGTERM itself.
CMD ["node", "--max-semi-space-size=8", "dist/bin/api.js"]
