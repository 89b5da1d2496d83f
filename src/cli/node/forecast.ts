import type { HostReader } from '../../host/host.ts'
import { type Plan, writesPolicy } from '../../plan/change.ts'

/** A plan with what its policy would have kept of the log that is there; loaded where a policy is written, for plan must start fast. */
export const withForecastOf = async (host: HostReader, plan: Plan): Promise<Plan> => {
  if (!writesPolicy(plan) || plan.proof.log === undefined || host.stat(plan.proof.log) === null) return plan
  return (await import('../../inspect/log-forecast.ts')).withForecast(host, plan)
}
